package io.mailcanary.api;

import java.util.Optional;
import java.util.function.Supplier;

/// The faults that can be switched here; empty wherever the mail is real.
@FunctionalInterface
public interface FaultSource extends Supplier<Optional<Faults>> {}
