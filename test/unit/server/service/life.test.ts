import { describe, expect, it } from 'vitest';
import { Life, type Clock, type LifeOptions } from '../../../../server/src/service/life.ts';

const MINUTE = 60_000;

/** Time that passes when told to, timers included. */
class HandClock implements Clock {
  #now = 0;
  #timers = new Set<{ at: number; call: () => void }>();

  now(): number {
    return this.#now;
  }

  after(ms: number, call: () => void): () => void {
    const timer = { at: this.#now + ms, call };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  pass(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      const [next] = [...this.#timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
      if (next === undefined) break;
      this.#timers.delete(next);
      this.#now = next.at;
      next.call();
    }
    this.#now = end;
  }
}

function start(options: Partial<LifeOptions> = {}) {
  const clock = new HandClock();
  let ends = 0;
  const state = { pinned: false };
  const life = new Life({ clock, pinned: () => state.pinned, end: () => ends++, ...options });
  return { clock, life, state, ends: () => ends };
}

describe('the life of a service', () => {
  it('ends 15 minutes after the last request, once', () => {
    const { clock, life, ends } = start();
    clock.pass(14 * MINUTE);
    life.touch();
    clock.pass(14 * MINUTE);
    expect(ends()).toBe(0);
    clock.pass(MINUTE);
    expect(ends()).toBe(1);
    clock.pass(60 * MINUTE);
    expect(ends()).toBe(1);
  });

  it('does not end while a stream is open, and counts from its end', () => {
    const { clock, life, ends } = start();
    const release = life.hold();
    clock.pass(24 * 60 * MINUTE);
    expect(ends()).toBe(0);
    release();
    release();
    clock.pass(14 * MINUTE);
    expect(ends()).toBe(0);
    clock.pass(MINUTE);
    expect(ends()).toBe(1);
  });

  it('ends 30 seconds after a client left, if none comes', () => {
    const { clock, life, ends } = start();
    life.leave();
    clock.pass(29_000);
    expect(ends()).toBe(0);
    clock.pass(1_000);
    expect(ends()).toBe(1);
  });

  it('stays when another client comes within the 30 seconds', () => {
    const { clock, life, ends } = start();
    life.leave();
    clock.pass(29_000);
    life.touch();
    clock.pass(14 * MINUTE);
    expect(ends()).toBe(0);
  });

  it('stays for another client whose stream is open', () => {
    const { clock, life, ends } = start();
    life.hold();
    life.leave();
    clock.pass(60 * MINUTE);
    expect(ends()).toBe(0);
  });

  it('lasts 12 unused hours while ending would cost an unlock, and leaving changes nothing about it', () => {
    const { clock, life, state, ends } = start();
    state.pinned = true;
    life.reconsider();
    life.leave();
    clock.pass(12 * 60 * MINUTE - 1);
    expect(ends()).toBe(0);
    clock.pass(1);
    expect(ends()).toBe(1);
  });

  it('counts 15 minutes again once it was locked', () => {
    const { clock, life, state, ends } = start();
    state.pinned = true;
    life.reconsider();
    clock.pass(60 * MINUTE);
    state.pinned = false;
    life.touch();
    life.reconsider();
    clock.pass(15 * MINUTE);
    expect(ends()).toBe(1);
  });

  it('never ends by itself in the foreground', () => {
    const { clock, life, ends } = start({ idleMs: Infinity });
    life.leave();
    clock.pass(1e9);
    expect(ends()).toBe(0);
  });
});
