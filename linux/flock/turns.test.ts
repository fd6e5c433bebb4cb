import * as fc from 'fast-check';
import { type EndTurn, takeTurn } from './turns';

const patience = 10_000;
const exclusive = { shared: false, patience };
const shared = { shared: true, patience };

/** Takes a turn and notes when it came. */
function queueUp(log: string[], who: string, options: { shared: boolean; patience: number }) {
  return takeTurn('name', options).then((end) => {
    log.push(end ? who : `${who} gave up`);
    return end;
  });
}

test('a turn that is free comes at once, and others have their own', async () => {
  const end = await takeTurn('one', exclusive);
  const other = await takeTurn('other', exclusive);
  end!();
  other!();
});

test('who comes first goes first; those who may share go together; nobody overtakes', async () => {
  const log: string[] = [];
  const first = await queueUp(log, 'first', exclusive);
  const readers = ['a', 'b'].map((who) => queueUp(log, who, shared));
  const writer = queueUp(log, 'writer', exclusive);
  const late = queueUp(log, 'late', shared);
  first!();
  const [a, b] = await Promise.all(readers);
  expect(log).toEqual(['first', 'a', 'b']);
  a!();
  a!();
  await new Promise(setImmediate);
  expect(log).toHaveLength(3);
  b!();
  (await writer)!();
  (await late)!();
  expect(log).toEqual(['first', 'a', 'b', 'writer', 'late']);
});

test('one who gives up lets the others go on', async () => {
  const log: string[] = [];
  const reader = await queueUp(log, 'reader', shared);
  const writer = queueUp(log, 'writer', { shared: false, patience: 1 });
  const late = queueUp(log, 'late', shared);
  expect(await writer).toBeUndefined();
  (await late)!();
  expect(log).toEqual(['reader', 'writer gave up', 'late']);
  reader!();
  (await queueUp(log, 'last', exclusive))!();
});

test('no two are in it where one is alone, and everyone has a turn', async () => {
  const run = fc.array(fc.record({ shared: fc.boolean(), stays: fc.integer({ min: 0, max: 3 }) }), {
    maxLength: 12,
  });
  await fc.assert(
    fc.asyncProperty(run, async (visitors) => {
      const inside: boolean[] = [];
      const visit = async (one: { shared: boolean; stays: number }) => {
        const end = (await takeTurn('room', { shared: one.shared, patience })) as EndTurn;
        expect(one.shared ? inside.every((other) => other) : inside.length === 0).toBe(true);
        inside.push(one.shared);
        for (let turn = 0; turn < one.stays; turn += 1) await new Promise(setImmediate);
        inside.splice(inside.indexOf(one.shared), 1);
        end();
      };
      await Promise.all(visitors.map(visit));
      expect(inside).toEqual([]);
    }),
    { numRuns: 50 },
  );
});
