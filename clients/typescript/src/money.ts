import type { components } from './schema.js';

/**
 * Formats money for a locale, such as `12,50 €` for `de-DE`. The decimals are those that the API names, since browsers' own
 * tables differ for some currencies.
 */
export function formatMoney(money: components['schemas']['Money'], locale?: string): string {
  const format = new Intl.NumberFormat(locale, {
    style: 'currency',
    currency: money.currency,
    minimumFractionDigits: money.exponent,
    maximumFractionDigits: money.exponent,
  });
  // As text, so that no digit is lost.
  const digits = String(money.amount).padStart(money.exponent + 1, '0');
  const whole = digits.slice(0, digits.length - money.exponent);
  const fraction = digits.slice(digits.length - money.exponent);
  return format.format((fraction ? `${whole}.${fraction}` : whole) as Intl.StringNumericLiteral);
}
