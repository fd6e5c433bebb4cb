import type { Samples, Target, Work } from '../model';
import { costRatio, judge } from './verdict';

const works: Work[] = [
  { id: 'add', title: 'ADD' },
  { id: 'speed', title: 'throughput', unit: 'Gbit/s', better: 'higher' },
  { id: 'docker', title: 'one more', reference: 'docker' },
];
const samples: Samples = {
  add: { go: [100, 120, 110], agent: [22, 11, 33], bundle: [] },
  speed: { go: [8], nftables: [10] },
  docker: { docker: [60], agent: [3] },
};

function verdict(target: Target) {
  return judge(target, { works }, samples);
}

describe('judge', () => {
  it.each<[string, Target, { value: number; met: boolean }]>([
    ['the reference', { work: 'add', subject: 'agent', limit: 0.2 }, { value: 0.2, met: true }],
    ['a lower limit', { work: 'add', subject: 'agent', limit: 0.19 }, { value: 0.2, met: false }],
    ['a unit', { work: 'docker', subject: 'agent', limit: 3, against: 'unit' }, { value: 3, met: true }],
    ["the work's own reference", { work: 'docker', subject: 'agent', limit: 1 }, { value: 0.05, met: true }],
    [
      'what is better when higher',
      { work: 'speed', subject: 'nftables', limit: 1 },
      { value: 0.8, met: true },
    ],
    [
      'another work',
      { work: 'add', subject: 'agent', limit: 1, against: { work: 'docker' } },
      { value: 22 / 3, met: false },
    ],
  ])('compares with %s', (_what, target, expected) => {
    expect(verdict(target)).toEqual(expected);
  });

  it('says nothing of what was not measured', () => {
    expect(verdict({ work: 'add', subject: 'bundle', limit: 1 })).toBeUndefined();
    expect(verdict({ work: 'speed', subject: 'agent', limit: 1 })).toBeUndefined();
    expect(
      verdict({ work: 'add', subject: 'agent', limit: 1, against: { subject: 'floor' } }),
    ).toBeUndefined();
  });

  it('refuses a work that does not exist', () => {
    expect(() => verdict({ work: 'none', subject: 'go', limit: 1 })).toThrow('unknown work "none"');
  });
});

it('turns ratios round where higher is better', () => {
  expect(costRatio(works[0]!, 1, 2)).toBe(0.5);
  expect(costRatio(works[1]!, 1, 2)).toBe(2);
});
