// Read by Relay's compiler alone: a list in pages, a fragment on its rows, and an object fetched anew by its id.
import { graphql } from 'relay-runtime';

export const query = graphql`
  query CaseloadQuery($filter: ApplicationFilter) {
    ...Caseload_page @arguments(filter: $filter)
  }
`;

export const page = graphql`
  fragment Caseload_page on Query
  @argumentDefinitions(
    filter: { type: "ApplicationFilter" }
    first: { type: "Int", defaultValue: 20 }
    after: { type: "String" }
  )
  @refetchable(queryName: "CaseloadPageQuery") {
    applications(filter: $filter, first: $first, after: $after) @connection(key: "Caseload_applications") {
      edges {
        node {
          ...Caseload_row
        }
      }
    }
  }
`;

export const row = graphql`
  fragment Caseload_row on Application @refetchable(queryName: "CaseloadRowQuery") {
    reference
    status
    dueAt
  }
`;

export const listening = graphql`
  subscription CaseloadSubscription($after: ID) {
    applicationChanged(after: $after) {
      id
      application {
        ...Caseload_row
      }
    }
  }
`;
