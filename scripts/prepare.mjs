// Runs at the end of `npm ci` in a clone. The cdktf command has no binaries for a Node later than 22.
if (Number(process.versions.node.split(".")[0]) > 22)
  console.log(
    `Node ${process.versions.node}: npx cdktf needs Node 20 or 22; run instead: npm run -s cli -- synth`,
  );
