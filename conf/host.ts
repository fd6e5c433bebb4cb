/** Configuration of the `host` plugin: it has no keys of its own. */
import * as v from 'valibot';
import { networkKeys } from './network';

export const hostConf = v.looseObject({ ...networkKeys });
