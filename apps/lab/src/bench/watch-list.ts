/** Some people at random, whom one looks at, and the message that says so. */
export function watchList(
  people: readonly { readonly id: string; readonly name: string }[],
  count: number,
  random: () => number,
): { names: ReadonlySet<string>; message: string } {
  const chosen = Array.from({ length: count }, () => people[Math.floor(random() * people.length)]).filter(
    (person) => person !== undefined,
  )
  const ids = [...new Set(chosen.map(({ id }) => id))]
  return {
    names: new Set(chosen.map(({ name }) => name)),
    message: JSON.stringify({ type: 'watch', users: ids }),
  }
}
