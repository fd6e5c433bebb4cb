/** Names for containers that were given none, in Docker's manner. */
import { randomInt } from 'node:crypto';

const adjectives =
  'agile brave calm clever eager fair gentle happy keen kind lively merry nimble proud quick quiet sunny swift tidy wise';
const people =
  'baran berners_lee cerf clark crocker davies engelbart floyd hamming jacobson kahn kleinrock lamport licklider metcalfe moy perlman postel rekhter shannon';

function pick(words: string): string {
  const list = words.split(' ');
  return list[randomInt(list.length)]!;
}

/** `adjective_person_nnnn`: the number makes it rare that two are equal. */
export function randomName(): string {
  return `${pick(adjectives)}_${pick(people)}_${randomInt(10_000)}`;
}
