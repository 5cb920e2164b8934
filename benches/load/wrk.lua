-- The request comes by environment, the figures leave as one line of JSON.
local body = os.getenv("LOAD_BODY")
if body then
    wrk.method = "POST"
    wrk.body = body
    wrk.headers["Content-Type"] = os.getenv("LOAD_TYPE")
end

function done(summary, latency, requests)
    local e = summary.errors
    local line = '\nRESULT {"requests": %d, "seconds": %f, "p50": %f, "p99": %f, "errors": %d}\n'
    local errors = e.connect + e.read + e.write + e.status + e.timeout
    io.write(line:format(summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3, errors))
end
