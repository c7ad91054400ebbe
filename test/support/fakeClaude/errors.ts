import { STATUS_CODES } from 'node:http';
import type { Wire } from './wire.ts';

/** The API says no. Thrown anywhere while a request is answered, written as the response by the server. */
export class ApiError extends Error {
  readonly status: number;
  readonly type: string;
  /** `error.details`; its `error_code` names the cause. */
  readonly details: Wire | undefined;

  constructor(status: number, type: string, message: string, details?: Wire) {
    super(message);
    this.status = status;
    this.type = type;
    this.details = details;
  }
}

/** A 400 whose message starts with the path of the offending field, as in `messages.0.content.1.text: …`. */
export function invalid(path: string, message: string, details?: Wire): ApiError {
  return new ApiError(400, 'invalid_request_error', path ? `${path}: ${message}` : message, details);
}

/** The JSON body of an error response, and of the `error` event of a stream. */
export function errorBody(
  error: { readonly type: string; readonly message: string; readonly details?: Wire | undefined },
  requestId: string,
): Wire {
  const { type, message, details } = error;
  return {
    type: 'error',
    error: { type, message, ...(details ? { details } : {}) },
    request_id: requestId,
  };
}

/** The error type the API uses with a status, for faults that name only the status. */
export function typeOfStatus(status: number): string {
  return TYPES.get(status) ?? (status >= 500 ? 'api_error' : 'invalid_request_error');
}

export function messageOfStatus(status: number): string {
  return status === 529 ? 'Overloaded' : (STATUS_CODES[status] ?? 'Error');
}

const TYPES = new Map([
  [401, 'authentication_error'],
  [402, 'billing_error'],
  [403, 'permission_error'],
  [404, 'not_found_error'],
  [409, 'conflict_error'],
  [413, 'request_too_large'],
  [429, 'rate_limit_error'],
  [504, 'timeout_error'],
  [529, 'overloaded_error'],
]);
