// The conventions of the schema that its text can be asked for: prints each place where one is not kept, as a line of JSON.
import { readFileSync } from 'node:fs';
import {
  buildSchema,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isNullableType,
  isObjectType,
  isScalarType,
  isSpecifiedScalarType,
} from 'graphql';

const schema = buildSchema(readFileSync(process.argv[2], 'utf8'));
const faults = [];
const fault = (at, what) => faults.push(`${at}: ${what}`);

// How acts begin; a new verb is added on purpose.
const VERBS = new Set(
  `abandon acknowledge add amend answer assign attest cancel change commit confirm create decide declare decline draw end hold
  import invite open prepare publish recommend reconcile reconsider record register release remove replace request resolve
  return reveal revoke send sign strike submit take update verify void withdraw`.split(/\s+/),
);
// Relay's own: a node that is not found stands as null in its place.
const LISTS_WITH_NULLS = new Set(['Query.nodes']);

const words = (text) =>
  text
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .match(/[\p{L}\p{N}]+/gu) ?? [];
const FILLERS = new Set(['a', 'an', 'and', 'its', 'of', 'the', 'this', 'it', 'is', 'in', 'for', 's', 'to']);

function describe(at, member) {
  const known = new Set(words(at.split('.').at(-1)));
  const said = words(member.description ?? '');
  if (said.every((word) => FILLERS.has(word) || known.has(word))) fault(at, 'its description says no more than its name');
}

function outdate(at, member) {
  if (member.deprecationReason == null) return;
  const [dated, replaced] = [/\b\d{4}-\d{2}-\d{2}\b/, /\buse\b|\binstead\b/i].map((it) => it.test(member.deprecationReason));
  if (!dated || !replaced) fault(at, 'a deprecation names its date and what to use instead');
}

function tell(at, member) {
  describe(at, member);
  outdate(at, member);
}

function readConnection(type) {
  const fields = type.getFields();
  for (const name of ['edges', 'nodes', 'pageInfo', 'totalCount']) {
    if (!fields[name]) fault(type.name, `a connection has ${name}`);
  }
  const edge = schema.getType(type.name.replace(/Connection$/, 'Edge'))?.getFields() ?? {};
  for (const name of ['cursor', 'node']) if (!edge[name]) fault(type.name, `its edges have ${name}`);
}

function readField(owner, field) {
  const at = `${owner.name}.${field.name}`;
  tell(at, field);
  const named = String(field.type).replaceAll(/[[\]!]/g, '');
  const given = new Map(field.args.map((arg) => [arg.name, arg]));
  for (const arg of field.args) tell(`${at}.${arg.name}`, arg);
  if (named.endsWith('Connection')) {
    for (const name of ['first', 'after', 'last', 'before']) if (!given.has(name)) fault(at, `a list in pages takes ${name}`);
  }
  const list = getNullableType(field.type);
  if (isListType(list) && isNullableType(list.ofType) && !LISTS_WITH_NULLS.has(at)) fault(at, 'a list has no nulls in it');
}

function readAct(field) {
  const at = `Mutation.${field.name}`;
  const upper = field.name[0].toUpperCase() + field.name.slice(1);
  const [input, ...more] = field.args;
  if (!VERBS.has(words(field.name)[0])) fault(at, 'an act begins with a verb');
  if (more.length > 0 || input?.name !== 'input' || String(input.type) !== `${upper}Input!`) {
    fault(at, `takes input: ${upper}Input! alone`);
  }
  if (String(field.type) !== `${upper}Payload!`) fault(at, `answers ${upper}Payload!`);
  const payload = schema.getType(`${upper}Payload`)?.getFields() ?? {};
  if (String(payload.userErrors?.type) !== '[UserError!]!') fault(at, 'answers userErrors: [UserError!]!');
  const key = schema.getType(`${upper}Input`)?.getFields().idempotencyKey;
  if (String(key?.type) !== 'String') fault(at, 'takes an idempotencyKey');
}

function readType(type) {
  describe(type.name, type);
  if (isScalarType(type) && !type.specifiedByURL) fault(type.name, 'a scalar names its specification');
  if (isEnumType(type)) {
    for (const value of type.getValues()) {
      tell(`${type.name}.${value.name}`, value);
      if (!/^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$/.test(value.name)) fault(`${type.name}.${value.name}`, 'a value is in capitals');
    }
  }
  if (isInputObjectType(type)) {
    for (const field of Object.values(type.getFields())) {
      tell(`${type.name}.${field.name}`, field);
      const list = getNullableType(field.type);
      if (isListType(list) && !isNonNullType(list.ofType)) fault(`${type.name}.${field.name}`, 'a list has no nulls in it');
    }
  }
  if (isObjectType(type) || isInterfaceType(type)) Object.values(type.getFields()).forEach((field) => readField(type, field));
  if (isObjectType(type) && type.name.endsWith('Connection')) readConnection(type);
}

for (const type of Object.values(schema.getTypeMap())) {
  if (!type.name.startsWith('__') && !isSpecifiedScalarType(type)) readType(type);
}
Object.values(schema.getMutationType()?.getFields() ?? {}).forEach(readAct);
console.log(JSON.stringify(faults));
