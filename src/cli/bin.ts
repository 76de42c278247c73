#!/usr/bin/env node
import { processIo } from "./processIo";
import { run } from "./program";

void run(process.argv.slice(2), processIo()).then((status) => {
  process.exitCode = status;
});
