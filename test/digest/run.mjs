// run.mjs: run the WebAssembly digest in Node.js.                                     SPDX-License-Identifier: Apache-2.0
// Usage: node run.mjs FILE.wasm. Prints what the module prints; a trap ends with exit code 1.
import { readFileSync, writeSync } from "node:fs";

let memory = null;
const print = (address, size) => {
    writeSync(1, new Uint8Array(memory.buffer, address, size));
};
const module = new WebAssembly.Module(readFileSync(process.argv[2]));
const instance = new WebAssembly.Instance(module, { env: { print } });
memory = instance.exports.memory;
instance.exports.run();
