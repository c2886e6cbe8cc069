import type { components } from './schema.js';

type ApiError = components['schemas']['ApiError'];

/** Outcome of an operation, as the client's methods return it. */
export interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** A refusal by the API. */
export class SoukError extends Error {
  override readonly name = 'SoukError';
  /** Status of the answer. */
  readonly status: number;
  /** Stable code, such as `not_found`; absent if the answer is not the API's own. */
  readonly code: ApiError['code'] | undefined;
  /** Parameter or field at fault, such as `variants[2].price`. */
  readonly field: string | undefined;
  /** The request as the logs know it. */
  readonly requestId: string | undefined;
  /** Seconds after which another attempt may succeed. */
  readonly retryAfter: number | undefined;

  constructor(response: Response, error: unknown) {
    const told = isApiError(error) ? error : undefined;
    super(told?.message ?? `the marketplace answered ${response.status}`);
    this.status = response.status;
    this.code = told?.code;
    this.field = told?.field;
    this.requestId = told?.request_id ?? response.headers.get('X-Request-Id') ?? undefined;
    const seconds = response.headers.get('Retry-After');
    this.retryAfter = seconds === null ? undefined : Number(seconds);
  }
}

/**
 * Returns the data of an answer.
 *
 * @throws {SoukError} if the API refused. An answer without a body has no data: `undefined`.
 */
export async function data<T>(answer: Answer<T> | Promise<Answer<T>>): Promise<T> {
  const { data, error, response } = await answer;
  if (!response.ok) throw new SoukError(response, error);
  return data as T;
}

function isApiError(error: unknown): error is ApiError {
  return typeof error === 'object' && error !== null && 'code' in error && 'message' in error;
}
