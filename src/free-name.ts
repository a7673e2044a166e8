/** A name that is not taken yet: scarf, scarf-2, scarf-3, ... */
export function freeName(wanted: string, taken: readonly string[]): string {
  let name = wanted;
  for (let count = 2; taken.includes(name); count += 1) {
    name = `${wanted}-${count}`;
  }
  return name;
}
