import fc from 'fast-check';
import type { PortMapping } from '../../../conf/port-mapping';
import { joinRuns } from './runs';

const mapping = (hostPort: number, more: Partial<PortMapping> = {}): PortMapping => ({
  hostPort,
  containerPort: hostPort + 1000,
  protocol: 'tcp',
  hostIP: '',
  range: 1,
  ...more,
});
const run = (first: number, length: number, more: Partial<PortMapping> = {}) =>
  Array.from({ length }, (_, at) => mapping(first + at, more));

/** Every single port that the mappings stand for. */
const ports = (mappings: readonly PortMapping[]) =>
  mappings.flatMap(({ hostPort, containerPort, protocol, hostIP, range }) =>
    Array.from({ length: range }, (_, at) => `${hostIP} ${protocol} ${hostPort + at} ${containerPort + at}`),
  );

describe('joinRuns', () => {
  it('makes a long run of single ports one range', () => {
    expect(joinRuns(run(10000, 10001))).toEqual([mapping(10000, { range: 10001 })]);
  });

  it('leaves few ports as they are', () => {
    expect(joinRuns(run(80, 15))).toEqual(run(80, 15));
  });

  it('does not join over a gap, another protocol, address or container port', () => {
    const parts = [
      run(100, 10),
      run(111, 10),
      run(121, 10, { protocol: 'udp' }),
      run(131, 10, { hostIP: '192.0.2.1' }),
    ];
    expect(joinRuns(parts.flat())).toEqual(parts.flat());
    const shifted = [
      ...run(200, 10),
      ...run(210, 10).map((entry) => ({ ...entry, containerPort: entry.hostPort })),
    ];
    expect(joinRuns(shifted)).toEqual(shifted);
  });

  it('stands for the same ports whatever it is given', () => {
    const part = fc.tuple(
      fc.integer({ min: 1, max: 3000 }),
      fc.integer({ min: 1, max: 40 }),
      fc.constantFrom('tcp', 'udp'),
    );
    fc.assert(
      fc.property(fc.array(part), (parts) => {
        const mappings = parts.flatMap(([first, length, protocol]) =>
          run(first, length, { protocol } as Partial<PortMapping>),
        );
        expect(ports(joinRuns(mappings))).toEqual(ports(mappings));
      }),
    );
  });
});
