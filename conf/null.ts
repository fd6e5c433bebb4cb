/** Configuration of the `null` plugin: it has no keys of its own. */
import * as v from 'valibot';
import { networkKeys } from './network';

export const nullConf = v.looseObject({ ...networkKeys });
