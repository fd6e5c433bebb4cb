import { listStaticAddresses, type StaticSources, toIpConfig } from './static-addresses';

const list = ({ args = {}, ...sources }: Partial<StaticSources> & { args?: Record<string, string> }) =>
  listStaticAddresses({ addresses: [], ...sources, cniArgs: new Map(Object.entries(args)) }).map(toIpConfig);

const addresses = [
  { address: '10.10.0.1/24', gateway: '10.10.0.254' },
  { address: '3FFE:ffff:0:01ff::1/64' },
];

test.each<[string, Parameters<typeof list>[0], unknown]>([
  [
    'the configuration',
    { addresses },
    [{ address: '10.10.0.1/24', gateway: '10.10.0.254' }, { address: '3ffe:ffff:0:1ff::1/64' }],
  ],
  ['nothing', {}, []],
  [
    'CNI_ARGS behind the configuration',
    {
      addresses: [{ address: '10.9.0.1/24' }],
      args: { IP: '10.10.0.1/24, 11.11.0.1/24', GATEWAY: '10.10.0.254,10.9.0.254' },
    },
    [
      { address: '10.9.0.1/24' },
      { address: '10.10.0.1/24', gateway: '10.10.0.254' },
      { address: '11.11.0.1/24' },
    ],
  ],
  [
    'the runtime instead of both',
    {
      addresses,
      replacements: [undefined, ['10.7.0.1/16']],
      args: { IP: '10.10.0.9/24', GATEWAY: '10.7.0.254' },
    },
    [{ address: '10.7.0.1/16' }],
  ],
  [
    'an empty list of the runtime',
    { addresses: [{ address: '10.9.0.1/24' }], replacements: [[], undefined] },
    [{ address: '10.9.0.1/24' }],
  ],
])('addresses come from %s', (_, sources, expected) => {
  expect(list(sources)).toEqual(expected);
});

test.each<[Parameters<typeof list>[0], number, string]>([
  [
    { addresses: [{ address: '10.10.0.1' }] },
    7,
    "the 'address' field is expected to be in CIDR notation, got: '10.10.0.1'",
  ],
  [{ args: { IP: '10.10.0.1' } }, 4, "the 'ip' field is expected to be in CIDR notation, got: '10.10.0.1'"],
  [{ args: { IP: '10.10.0.1/24', GATEWAY: 'zz' } }, 4, 'invalid gateway address: zz'],
  [
    { replacements: [[], ['10.10.0.1']] },
    7,
    "an entry in the 'ips' field is NOT in CIDR notation, got: '10.10.0.1'",
  ],
])('%j: error %i %s', (sources, code, message) => {
  expect(() => list(sources)).toThrow(expect.objectContaining({ code, message }));
});
