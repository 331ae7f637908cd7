// What docs/api.md shows, and the same documents once more for Apollo's client.
import type { CodegenConfig } from '@graphql-codegen/cli';

const config: CodegenConfig = {
  schema: '../../schema.graphql',
  documents: 'operations/*.graphql',
  generates: {
    'generated/': {
      preset: 'client',
      presetConfig: { persistedDocuments: { hashAlgorithm: 'sha256' }, fragmentMasking: false },
      config: {
        useTypeImports: true,
        scalars: { Date: 'string', DateTime: 'string', Decimal: 'string', NZBN: 'string', Sha256: 'string', Url: 'string' },
      },
    },
  },
};

export default config;
