package io.mailcanary.api;

import io.mailcanary.runtime.Plan;
import java.util.function.Supplier;

/// The plan in force.
@FunctionalInterface
public interface PlanSource extends Supplier<Plan> {}
