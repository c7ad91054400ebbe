import type { Failure } from '../core/conversation/model.ts';
import { countAt, isList, isObject } from './json.ts';

/** More than a request can have images, and characters of one path. */
const MOST_PATHS = 1000;
const LONGEST_PATH = 100;

/** Where in the request the fault lies and which limit was passed, out of `error.details`; empty when it does not say. */
export function placeOf(details: unknown): Pick<Failure, 'paths' | 'limit'> {
  if (!isObject(details)) return {};
  const given = isList(details.paths) ? details.paths : [];
  const paths = given.filter((path) => typeof path === 'string' && path.length <= LONGEST_PATH);
  const limit = countAt(details, 'max_side_length_pixels');
  return {
    ...(paths.length === 0 ? {} : { paths: paths.slice(0, MOST_PATHS).map(String) }),
    ...(limit === undefined ? {} : { limit }),
  };
}
