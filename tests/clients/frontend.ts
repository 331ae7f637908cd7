// A frontend as docs/api.md has it: typed documents that are sent by their ids alone, and the same ones in Apollo's client.
// What it is given: { "url", "token" }. Prints a line of JSON.
import type { ApolloClient } from '@apollo/client';
import type { TypedDocumentNode } from '@graphql-typed-document-node/core';

import { ApplicationStatus, CaseloadDocument, ConfirmOneDocument, OneApplicationDocument } from './generated/graphql.js';

type Answer<Data> = { data?: Data; errors?: { message: string; extensions: { code: string } }[] };

const { url, token } = JSON.parse(process.argv[2]!) as { url: string; token: string };

async function post(body: object): Promise<unknown> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
  const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  return answer.json();
}

async function ask<Data, Variables>(
  document: TypedDocumentNode<Data, Variables>,
  variables: Variables,
): Promise<Data> {
  const { hash } = (document as unknown as { __meta__: { hash: string } }).__meta__;
  const answer = (await post({ documentId: `sha256:${hash}`, variables })) as Answer<Data>;
  if (!answer.data) throw new Error(JSON.stringify(answer.errors));
  return answer.data;
}

/** Type-checked alone: Apollo's client knows what comes back. */
export async function byApollo(client: ApolloClient): Promise<string | undefined> {
  const { data } = await client.query({ query: OneApplicationDocument, variables: { reference: 'NZT-1' } });
  // @ts-expect-error No such field was asked for.
  void data?.application?.place;
  return data?.application?.worker.familyName ?? undefined;
}

const page = await ask(CaseloadDocument, { filter: { status: [ApplicationStatus.Confirmed] }, first: 1 });
const row = page.applications?.nodes[0];
if (!row) throw new Error('no application is confirmed');
const one = await ask(OneApplicationDocument, { reference: row.reference });
// Of a version that never was, so that it is refused and changes nothing.
const refused = await ask(ConfirmOneDocument, { input: { id: row.id, version: 0 } });
const unknown = (await post({ query: '{ viewer { role } }' })) as Answer<unknown>;
console.log(
  JSON.stringify({
    total: page.applications?.totalCount,
    same: one.application?.id === row.id,
    refused: refused.confirm.userErrors.map((error) => error.code),
    unknown: unknown.errors?.[0]?.extensions.code,
  }),
);
