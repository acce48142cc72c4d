// Loaded into the Node process of the eks component's provider before anything else.
"use strict";

const dgram = require("dgram");
const dns = require("dns");
const fs = require("fs");
const net = require("net");

const here = (host) => host === undefined || host === "localhost" || host === "::1" || /^127\./.test(host) || /^::ffff:127\./.test(host);
const refuse = (host) => {
    const error = new Error(`connect ${host}: a rehearsal connects to this machine only`);
    error.code = "ECONNREFUSED";
    return error;
};

// Connections to the stack's proxy are made to its stand-in on loopback, whose port the parent writes to a file.
const standIn = (host, port) => {
    try {
        return JSON.parse(fs.readFileSync(`${process.env.REHEARSAL_SCRATCH}/proxies.json`, "utf8"))[`${host}:${port}`];
    } catch {
        return undefined;
    }
};

// Every TCP, TLS and HTTP connection of Node passes through Socket.connect.
const connect = net.Socket.prototype.connect;
net.Socket.prototype.connect = function (...args) {
    const options = Array.isArray(args[0]) ? args[0][0] : args[0];
    const host = typeof options === "object" && options !== null ? options.host : typeof args[1] === "string" ? args[1] : undefined;
    const played = typeof options === "object" && options !== null ? standIn(host, options.port) : undefined;
    if (played !== undefined) {
        Object.assign(options, { host: "127.0.0.1", port: played });
        return connect.apply(this, args);
    }
    if (!here(host)) {
        process.nextTick(() => this.destroy(refuse(host)));
        return this;
    }
    return connect.apply(this, args);
};

const lookup = dns.lookup;
dns.lookup = (host, ...rest) => (here(host) || net.isIP(host) ? lookup(host, ...rest) : rest[rest.length - 1](refuse(host)));
dgram.Socket.prototype.send = function () {
    throw refuse("by UDP");
};
dgram.Socket.prototype.connect = dgram.Socket.prototype.send;

// The parent has the other end of standard input. When the parent ends, for whatever reason, this process ends and
// removes the files that the parent wrote for it.
process.on("exit", () => {
    if (process.env.REHEARSAL_SCRATCH) fs.rmSync(process.env.REHEARSAL_SCRATCH, { recursive: true, force: true });
});
process.stdin.on("end", () => process.exit(0));
process.stdin.on("error", () => process.exit(0));
process.stdin.resume();
