#!/usr/bin/env node
import { processIo } from "./processIo";
import { run } from "./program";

// A stream that could not be written to has set the status already.
void run(process.argv.slice(2), processIo()).then((status) => (process.exitCode ??= status));
