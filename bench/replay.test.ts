import { layouts, multiplyRules } from './replay';

const saved = `*nat
:POSTROUTING ACCEPT [0:0]
:CNI-4cbb58d4f7a53f51ff607e0b - [0:0]
:CNI-DN-4cbb58d4f7a53f51ff607 - [0:0]
:CNI-HOSTPORT-DNAT - [0:0]
-A POSTROUTING -m comment --comment "CNI portfwd requiring masquerade" -j CNI-HOSTPORT-MASQ
-A POSTROUTING -s 10.77.4.0/32 -m comment --comment "name: \\"bench\\" id: \\"m0\\"" -j CNI-4cbb58d4f7a53f51ff607e0b
-A CNI-DN-4cbb58d4f7a53f51ff607 -p tcp -m tcp --dport 20000 -j DNAT --to-destination 10.77.4.0:80
-A CNI-HOSTPORT-DNAT -p tcp -m comment --comment "dnat name: \\"bench\\" id: \\"m0\\"" -m multiport --dports 20000 -j CNI-DN-4cbb58d4f7a53f51ff607
COMMIT`;
const first = { container: 'm0', address: '10.77.4.0', port: 20_000 };

describe('multiplyRules', () => {
  it("repeats a container's rules with names, addresses and ports of the others", () => {
    const other = { container: 'm1', address: '10.77.4.1', port: 20_002 };
    const text = multiplyRules(saved, layouts.go, [first, other]);
    const digest = /CNI-DN-([0-9a-f]{21}) /.exec(text)![1];
    expect(text.replaceAll(digest!, 'DIGEST').split('\n')).toEqual([
      '*nat',
      ':CNI-DIGESTe0b - [0:0]',
      ':CNI-DN-DIGEST - [0:0]',
      '-A POSTROUTING -s 10.77.4.1/32 -m comment --comment "name: \\"bench\\" id: \\"m1\\"" -j CNI-DIGESTe0b',
      '-A CNI-DN-DIGEST -p tcp -m tcp --dport 20002 -j DNAT --to-destination 10.77.4.1:80',
      '-A CNI-HOSTPORT-DNAT -p tcp -m comment --comment "dnat name: \\"bench\\" id: \\"m1\\"" -m multiport --dports 20002 -j CNI-DN-DIGEST',
      'COMMIT',
      '',
    ]);
  });

  it('gives every container chains of its own, declared before they are used', () => {
    const others = Array.from({ length: 300 }, (_, index) => ({ ...first, container: `m${index + 1}` }));
    const lines = multiplyRules(saved, layouts.go, [first, ...others]).split('\n');
    const declared = lines.filter((line) => line.startsWith(':'));
    expect(new Set(declared).size).toBe(600);
    expect(lines.findLastIndex((line) => line.startsWith(':'))).toBe(600);
  });

  it('refuses text without the container', () => {
    expect(() => multiplyRules('*nat\nCOMMIT\n', layouts.go, [first])).toThrow('no chain of it');
  });

  it('knows the layout of ours', () => {
    const ours = `:TSNET-PUB-9f542c594c295225c5 - [0:0]
-A TSNET-PUB-9f542c594c295225c5 -p tcp -m tcp --dport 20000 -m comment --comment "tsnet:portmap:bench/m0/eth0" -j DNAT --to-destination 10.77.4.0:80
-A TSNET-PUBLISHED -m comment --comment "tsnet:portmap:bench/m0/eth0" -j TSNET-PUB-9f542c594c295225c5`;
    const other = { container: 'm1', address: '10.77.4.1', port: 20_002 };
    const lines = multiplyRules(ours, layouts.iptables, [first, other]).split('\n');
    const chain = lines[1]!.split(' ')[0]!.slice(1);
    expect(lines[2]).toBe(
      `-A ${chain} -p tcp -m tcp --dport 20002 -m comment --comment "tsnet:portmap:bench/m1/eth0" -j DNAT --to-destination 10.77.4.1:80`,
    );
    expect(lines[3]).toContain(`bench/m1/eth0" -j ${chain}`);
  });
});
