/** Rows of known heights, one under the other, of which only those in sight are drawn. Pixels. */
export class Stack {
  /** Of each row, and of the end. */
  readonly #tops: Float64Array;

  constructor(heights: readonly number[]) {
    this.#tops = new Float64Array(heights.length + 1);
    heights.forEach((height, index) => (this.#tops[index + 1] = this.top(index) + height));
  }

  get height(): number {
    return this.top(this.#tops.length - 1);
  }

  top(index: number): number {
    return this.#tops[index] ?? 0;
  }

  heightOf(index: number): number {
    return this.top(index + 1) - this.top(index);
  }

  /** Indices of the rows in sight, from the first to behind the last, and `beyond` more on both sides. */
  inSight(scroll: number, height: number, beyond: number): { from: number; to: number } {
    const count = this.#tops.length - 1;
    return {
      from: Math.max(0, this.#at(scroll) - beyond),
      to: Math.min(count, this.#at(scroll + height) + 1 + beyond),
    };
  }

  /** How far to scroll so that a row is wholly in sight: as little as is needed. */
  scrollTo(index: number, scroll: number, height: number): number {
    const [top, bottom] = [this.top(index), this.top(index + 1)];
    if (top < scroll) return top;
    return bottom > scroll + height ? bottom - height : scroll;
  }

  /** The row at this height, by halving. */
  #at(y: number): number {
    let [low, high] = [0, this.#tops.length - 2];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.top(middle) <= y) low = middle;
      else high = middle - 1;
    }
    return Math.max(0, low);
  }
}
