/// The way of each canary as a trace of OpenTelemetry, told to whoever collects traces.
///
/// What is written is OTLP's JSON over HTTP, by hand: a handful of fields that stand since 1.0,
/// sent through the same door as notifications, so that TLS, limits and secrets are as there. The
/// SDK would bring thirteen jars, a client and a log of its own for that.
@NullMarked
package io.mailcanary.trace;

import org.jspecify.annotations.NullMarked;
