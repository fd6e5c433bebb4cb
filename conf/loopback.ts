/** Configuration of the `loopback` plugin: it has no keys of its own. */
import * as v from 'valibot';
import { networkKeys } from './network';

export const loopbackConf = v.looseObject({ ...networkKeys });
