export interface Watched<T> {
  readonly watched: T;
  /** Resolves when nothing that was asked of it is unanswered. */
  atRest(): Promise<void>;
}

/**
 * An engine or a store that tells when it is at rest. Models and databases work in real time while the class's clock
 * is turned by hand, so a test must let them finish before it turns the clock on.
 */
export function watchAnswers<Target extends object>(target: Target): Watched<Target> {
  const pending = new Set<Promise<unknown>>();
  const watch = <T>(answer: Promise<T>): Promise<T> => {
    pending.add(answer);
    const settle = () => pending.delete(answer);
    answer.then(settle, settle);
    return answer;
  };
  const watched = <T extends object>(target: T): T =>
    new Proxy(target, {
      get(object, name) {
        const value: unknown = Reflect.get(object, name);
        if (name === "tokenizer") return value;
        if (typeof value === "object" && value !== null) return watched(value);
        if (typeof value !== "function") return value;
        return (...given: unknown[]) => watchAnswer(value.apply(object, given));
      },
    });
  const watchAnswer = (answer: unknown): unknown => {
    if (answer instanceof Promise) return watch(answer);
    if (typeof answer !== "object" || answer === null) return answer;
    if (Symbol.asyncIterator in answer) return watchEvents(answer as AsyncIterable<unknown>);
    return Array.isArray(answer) ? answer : watched(answer);
  };
  const watchEvents = (events: AsyncIterable<unknown>): AsyncIterable<unknown> => ({
    [Symbol.asyncIterator]() {
      const iterator = events[Symbol.asyncIterator]();
      return {
        next: () => watch(iterator.next()),
        return: (value) => iterator.return?.(value) ?? Promise.resolve({ done: true, value }),
      };
    },
  });
  return {
    watched: watched(target),
    async atRest() {
      while (pending.size > 0) await Promise.allSettled(pending);
    },
  };
}
