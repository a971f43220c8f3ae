import { at } from './column';

/**
 * The upper median, found without sorting by Hoare's FIND (Communications of the ACM 4, 1961): linear on average.
 * Reorders the values; NaN if there are none.
 */
export function medianOf(values: Float64Array): number {
  const place = values.length >> 1;
  let low = 0;
  let high = values.length - 1;
  while (low < high) {
    const [left, right] = partition(values, low, high);
    if (place <= right) high = right;
    else if (place >= left) low = left;
    else break;
  }
  return at(values, place);
}

/**
 * Moves values up to the middle one before those from it on; returns where the first part ends and the second begins.
 */
function partition(values: Float64Array, low: number, high: number): [left: number, right: number] {
  const pivot = at(values, (low + high) >>> 1);
  let left = low;
  let right = high;
  while (left <= right) {
    while (at(values, left) < pivot) left += 1;
    while (at(values, right) > pivot) right -= 1;
    if (left > right) break;
    const value = at(values, left);
    values[left] = at(values, right);
    values[right] = value;
    left += 1;
    right -= 1;
  }
  return [left, right];
}
