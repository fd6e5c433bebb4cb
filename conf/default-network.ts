/** The network that `--network bridge` means when nobody has configured one: the same as examples/docker0.conflist. */
export const defaultNetwork = {
  cniVersion: '1.0.0',
  name: 'docker0',
  plugins: [
    {
      type: 'bridge',
      bridge: 'docker0',
      isDefaultGateway: true,
      forceAddress: false,
      ipMasq: true,
      hairpinMode: true,
      ipam: { type: 'host-local', ranges: [[{ subnet: '172.17.0.0/16' }]] },
    },
    { type: 'portmap', capabilities: { portMappings: true } },
  ],
};
