import type { Case } from '../model';
import { formatNumber, formatSpread } from './format';
import { formatReport, formatTables } from './report';

const definition: Case = {
  name: 'bridge',
  title: 'bridge',
  method: 'How it is done.',
  works: [
    { id: 'add', title: 'ADD' },
    { id: 'late', title: 'ADD beside 1,000' },
    { id: 'memory', title: 'resident', unit: 'MiB' },
  ],
  targets: [
    { work: 'add', subject: 'agent', limit: 0.2 },
    { work: 'add', subject: 'bundle', limit: 1 },
    { work: 'late', subject: 'agent', limit: 1.3, against: { work: 'add' } },
  ],
  run: async () => {},
};

const samples = {
  add: { go: [40, 50, 45], floor: [10], agent: [18, 18, 18] },
  late: { agent: [18] },
};

describe('report', () => {
  it('compares with the reference and marks what is missed', () => {
    const lines = formatTables([{ name: 'bridge', samples }], [definition]).split('\n');
    expect(lines).toContain(
      '| ADD | 45.0 ms | 10.0 ms | 18.0 ms | 0.400 | ≤ 0.20 **✗ missed** | not measured | – | ≤ 1.00 not measured |',
    );
    expect(lines).toContain('| ADD beside 1,000, with agent | 18.0 ms | ADD, with agent | 1.00 | ≤ 1.30 ✓ |');
  });

  it('shows the spread of every work, and none that nobody did', () => {
    const lines = formatTables([{ name: 'bridge', samples }], [definition]).split('\n');
    expect(lines).toContain('| work | reference | kernel floor | with agent | runs |');
    expect(lines).toContain('| ADD | 45.0 ms (40.0…50.0) | 10.0 ms | 18.0 ms (18.0…18.0) | 3 |');
    expect(lines).toContain('| resident |  |  |  | 0 |');
  });

  it('says why a case ended and a subject is missing', () => {
    const report = formatReport(
      {
        machine: {
          processor: '2 × some',
          memory: '4 GiB',
          kernel: '6.18',
          node: 'v20',
          peers: ['iptables 1.8.9'],
          commit: 'abc',
          date: 'today',
          load: 0.5,
        },
        outcomes: [{ name: 'bridge', samples: {}, failure: 'run "ip": exit 1' }],
        missing: { agent: 'no agent came up' },
        seconds: 61,
      },
      [definition],
    );
    expect(report).toContain('**Ended early:** run "ip": exit 1');
    expect(report).toContain('Not measured: with agent (no agent came up).');
    expect(report).toContain('| kernel | 6.18 |');
  });

  it('refuses samples of works that the case does not have', () => {
    const outcome = { name: 'bridge', samples: { other: { go: [1] } } };
    expect(() => formatTables([outcome], [definition])).toThrow('unknown work "other"');
  });
});

describe('numbers', () => {
  it.each([
    [0.1234, '0.12'],
    [9.876, '9.88'],
    [12.34, '12.3'],
    [999.6, '1,000'],
    [1234567, '1,234,567'],
  ])('%d is %s', (value, text) => {
    expect(formatNumber(value)).toBe(text);
  });

  it('say when nothing was measured', () => {
    expect(formatSpread(undefined)).toBe('not measured');
    expect(formatSpread([2.5], 'MiB')).toBe('2.50 MiB');
  });
});
