import { once } from "node:events";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";

/** Stands between a client and an emulator of AWS, and counts what is asked of IAM. */
export interface CountingProxy {
  /** What AWS_ENDPOINT_URL is set to. */
  readonly endpoint: string;
  /** Calls since the last time, by action, e.g. `GetRole`. */
  take(): ReadonlyMap<string, number>;
  /** All that was asked of IAM since the start, as its parameters. */
  readonly asked: readonly ReadonlyMap<string, string>[];
  stop(): Promise<void>;
}

/** Starts a proxy in front of an endpoint on the loopback interface. */
export async function startCountingProxy(target: string): Promise<CountingProxy> {
  let calls = new Map<string, number>();
  const asked: ReadonlyMap<string, string>[] = [];
  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
    incoming.on("end", () => {
      const body = Buffer.concat(chunks);
      const parameters = new Map(new URLSearchParams(body.toString("latin1")));
      const action = parameters.get("Action");
      if (action !== undefined) calls.set(action, (calls.get(action) ?? 0) + 1);
      if (parameters.get("Version") === "2010-05-08") asked.push(parameters);
      const url = new URL(incoming.url ?? "/", target);
      const forwarded = request(url, { method: incoming.method, headers: incoming.headers }, (response) => {
        outgoing.writeHead(response.statusCode ?? 502, response.headers);
        response.pipe(outgoing);
      });
      forwarded.on("error", () => outgoing.destroy());
      forwarded.end(body);
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    asked,
    take: () => {
      const taken = calls;
      calls = new Map();
      return taken;
    },
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
