import { Rollback } from './rollback';

test('undoes newest first, each once, whatever the others do', async () => {
  const log: string[] = [];
  const rollback = new Rollback();
  rollback.defer(() => void log.push('first'));
  rollback.defer(() => Promise.reject(new Error('second')));
  rollback.defer(async () => void log.push('third'));
  expect(await rollback.run()).toEqual([new Error('second')]);
  expect(log).toEqual(['third', 'first']);
  expect(await rollback.run()).toEqual([]);
});

test('a change that comes while it runs is undone and refused', async () => {
  const log: string[] = [];
  const rollback = new Rollback();
  rollback.defer(() => {
    expect(() => rollback.defer(() => void log.push('late'))).toThrow('rollback is running');
  });
  expect(await rollback.run()).toEqual([]);
  expect(log).toEqual(['late']);
});
