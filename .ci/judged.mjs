// usage: node judged.mjs VERDICT.json FHIR_FOLDER [NAME]
//        node judged.mjs VERDICT.json --fields
// With --fields the resources hold made-up values in every field, so only names, cardinalities and formats are asked.
// Reads what the US Core judge printed and fails on any error but one false alarm that it raises on HL7's own example
// too: constraint pd-1 of PractitionerRole (`telecom or endpoint`) takes a single telecom for "false". That each role
// does have a telecom is checked here instead.
// With NAME, what judged-allowed.json allows under that name is no failure: gaps and contradictions of the source, and further
// false alarms, each kind with how often it may occur at most and why.
import fs from 'node:fs';
import path from 'node:path';

const [verdictFile, folder, name] = process.argv.slice(2);
const verdict = JSON.parse(fs.readFileSync(verdictFile, 'utf8'));
if (folder === '--fields') {
  const shape = Object.keys(verdict.errorKinds).filter((kind) => /^(Invalid additional property|Invalid \S+ format|Expected )/.test(kind));
  console.log(`${verdict.resources} resources with every field, ${shape.length} misnamed or misshapen`);
  shape.forEach((kind) => console.log(`  ${kind}`));
  process.exit(shape.length || !verdict.resources ? 1 : 0);
}

const falseAlarm = /^Constraint pd-n not met: .* @ PractitionerRole$/;
const kinds = Object.entries(verdict.errorKinds);
const alarms = kinds.filter(([kind]) => falseAlarm.test(kind)).reduce((sum, [, count]) => sum + count, 0);
const errors = kinds.filter(([kind]) => !falseAlarm.test(kind));

const here = path.dirname(new URL(import.meta.url).pathname);
const allowed = name ? JSON.parse(fs.readFileSync(path.join(here, 'judged-allowed.json'), 'utf8'))[name] : {};
const may = (kind) => (allowed.errors ?? []).filter((one) => kind.startsWith(one.kind)).reduce((sum, one) => sum + one.atMost, 0);
const beyond = errors.filter(([kind, count]) => count > may(kind));

const profiled = new Set(Object.keys(verdict.profiles));
const roles = path.join(folder, 'PractitionerRole.ndjson');
const lines = fs.existsSync(roles) ? fs.readFileSync(roles, 'utf8').trim().split('\n') : [];
const unreachable = lines.filter((line) => !(JSON.parse(line).telecom?.length > 0)).length;

// resource types for which US Core 6.1.0 has no profile
const unprofiled = new Set(['Appointment', 'Claim', 'FamilyMemberHistory', 'ImagingStudy', 'PaymentReconciliation', 'SupplyDelivery']);
const unclaimed = Object.keys(verdict.withoutProfile).filter((type) => !unprofiled.has(type) && !allowed.withoutProfile?.includes(type));

console.log(`${verdict.resources} resources, ${profiled.size} profiles, ${verdict.references} references, ${verdict.dangling} dangling`);
console.log(`${verdict.errors - alarms} errors, ${alarms} times the known false alarm pd-1, ${unreachable} roles without telecom`);
if (name) console.log(`${errors.length - beyond.length} kinds of errors are allowed, ${beyond.length} are beyond that`);
for (const [kind, count] of beyond) console.log(`  ${count} × ${kind}${may(kind) ? ` (${may(kind)} allowed)` : ''}`);
if (unclaimed.length) console.log(`  without a profile: ${unclaimed.join(', ')}`);
const bad = beyond.length > 0 || verdict.dangling > 0 || unreachable > (allowed.rolesWithoutTelecom ?? 0) || unclaimed.length > 0 || verdict.resources === 0;
process.exit(bad ? 1 : 0);
