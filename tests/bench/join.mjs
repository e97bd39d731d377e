// A full outer join of two CSV files by DuckDB: what changed, as text.
//	node join.mjs A.csv B.csv KEY
import { DuckDBInstance } from '@duckdb/node-api';

const [a, b, key] = process.argv.slice(2);
const db = await DuckDBInstance.create(':memory:', { threads: '2' });
const connection = await db.connect();
const read = (path) =>
	`read_csv('${path}', all_varchar = true, header = true)`;
const result = await connection.stream(`
	select a.*, b.* from ${read(a)} a full outer join ${read(b)} b
	on a.${key} = b.${key}
	where a.${key} is null or b.${key} is null or a is distinct from b`);
for (;;) {
	const chunk = await result.fetchChunk();
	if (!chunk || chunk.rowCount === 0)
		break;
	const lines = chunk.getRows().map((row) => row.join('\t'));
	process.stdout.write(lines.join('\n') + '\n');
}
