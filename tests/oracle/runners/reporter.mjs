// Writes what `node --test` ran as JSON lines.
import { relative } from 'node:path';

export default async function* report(source) {
  const open = new Map();
  for await (const { type, data } of source) {
    if (!data?.file || !data.name) continue;
    const names = open.get(data.file) ?? [];
    open.set(data.file, names);
    if (type === 'test:start') {
      names.length = data.nesting;
      names[data.nesting] = data.name;
    }
    const isFile = data.name.endsWith(relative(process.cwd(), data.file));
    if ((type !== 'test:pass' && type !== 'test:fail') || data.details?.type === 'suite' || isFile) continue;
    const state = data.skip !== undefined ? 'skipped' : data.todo !== undefined ? 'todo' : 'runs';
    const name = [...names.slice(0, data.nesting), data.name].join(' > ');
    yield JSON.stringify({ path: relative(process.cwd(), data.file), name, state }) + '\n';
  }
}
