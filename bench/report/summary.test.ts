import type { Case } from '../model';
import { formatFurther, formatSummary } from './summary';

const definition: Case = {
  name: 'publish',
  title: 'publish',
  method: '',
  works: [
    { id: 'add', title: 'one more', reference: 'docker' },
    { id: 'memory', title: 'memory', unit: 'MiB' },
  ],
  targets: [
    { work: 'add', subject: 'agent', limit: 3, against: 'unit' },
    { work: 'memory', subject: 'agent', limit: 80, against: 'unit' },
  ],
  run: async () => {},
};
const measured = [{ definition, samples: { add: { docker: [60], agent: [3.3] }, memory: { agent: [64] } } }];

it('shows a limit in a unit beside the reference that the work has', () => {
  expect(formatSummary(measured).slice(2)).toEqual([
    '| one more | 60.0 ms | not measured | 3.30 ms | 0.055 | ≤ 3 ms **✗ missed** | not measured | – | – |',
  ]);
});

it('shows it apart where there is no reference', () => {
  expect(formatFurther(measured).slice(2)).toEqual([
    '| memory, with agent | 64.0 MiB | – | 64.0 MiB | ≤ 80 MiB ✓ |',
  ]);
});
