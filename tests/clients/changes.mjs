// What changed from one schema to another: prints what breaks clients, and what may, as a line of JSON.
import { readFileSync } from 'node:fs';
import { buildSchema, findBreakingChanges, findDangerousChanges } from 'graphql';

const [before, after] = process.argv.slice(2).map((path) => buildSchema(readFileSync(path, 'utf8')));
console.log(
  JSON.stringify({ breaking: findBreakingChanges(before, after), dangerous: findDangerousChanges(before, after) }),
);
