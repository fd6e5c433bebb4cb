import { compare, rotate } from './comparison';
import type { Contender, Samples, Subject } from './model';

function contender(subject: Subject, order: string[]): Contender {
  let rounds = 0;
  return {
    subject,
    round: async () => {
      order.push(subject);
      rounds += 1;
      return { add: rounds };
    },
  };
}

describe('compare', () => {
  it('interleaves, begins with each in turn, and forgets the warm-up', async () => {
    const order: string[] = [];
    const samples: Samples = {};
    const contenders = [contender('go', order), contender('agent', order)];
    await compare({ contenders, runs: 2, warmUp: 1 }, samples);
    expect(order).toEqual(['go', 'agent', 'agent', 'go', 'go', 'agent']);
    expect(samples).toEqual({ add: { go: [2, 3], agent: [2, 3] } });
  });

  it('adds to what was measured before', async () => {
    const samples: Samples = { add: { go: [9] } };
    await compare({ contenders: [contender('go', [])], runs: 1, warmUp: 0 }, samples);
    expect(samples).toEqual({ add: { go: [9, 1] } });
  });
});

it('rotates', () => {
  expect(rotate(['a', 'b', 'c'], 4)).toEqual(['b', 'c', 'a']);
  expect(rotate([], 1)).toEqual([]);
});
