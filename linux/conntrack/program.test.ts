import { planRuns } from './program';

const base = ['-D', '-f', 'ipv4', '-p', 'udp'];

it('deletes by port, and by container', () => {
  const hostPorts = [
    { first: 53, last: 54 },
    { first: 54, last: 54 },
  ];
  expect(planRuns({ family: 'ipv4', hostPorts, containerAddress: '10.0.0.2' })).toEqual([
    [...base, '--reply-src', '10.0.0.2'],
    [...base, '--orig-port-dst', '53'],
    [...base, '--orig-port-dst', '54'],
  ]);
});

it('does not start a process for each port of a large range', () => {
  const hostPorts = [{ first: 10000, last: 20000 }];
  expect(planRuns({ family: 'ipv4', hostPorts })).toEqual([[...base, '--dst-nat']]);
});
