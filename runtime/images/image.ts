/** What a container is made from. */
export interface ImageConfig {
  /** `NAME=value`. */
  env: string[];
  entrypoint: string[];
  cmd: string[];
  workingDir: string;
  /** `user[:group]`, names or numbers; empty: root. */
  user: string;
}

export interface Image {
  /** `name:tag`, or the path of a directory. */
  reference: string;
  config: ImageConfig;
  /** Folders on the host, topmost first. */
  layers: string[];
}

/** An image that is kept in the state folder. */
export interface StoredImage extends Image {
  /** 64 hexadecimal digits. */
  id: string;
  /** ISO 8601. */
  created: string;
}

export const defaultEnv = ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'];

/** Of a root file system that came without a configuration. */
export const plainConfig: ImageConfig = {
  env: defaultEnv,
  entrypoint: [],
  cmd: ['/bin/sh'],
  workingDir: '/',
  user: '',
};
