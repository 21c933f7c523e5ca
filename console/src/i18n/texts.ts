/** What every language has to provide: the same keys as the Chinese messages. */
export type Texts<T> = { [K in keyof T]: T[K] extends string ? string : Texts<T[K]> }
