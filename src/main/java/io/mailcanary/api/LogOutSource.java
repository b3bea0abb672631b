package io.mailcanary.api;

import java.util.function.Supplier;

/// The log-outs of the service, once it runs.
@FunctionalInterface
public interface LogOutSource extends Supplier<LogOuts> {}
