package io.mailcanary.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Delete;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Put;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Faults of the built-in mail world, in `demo` alone.
@Controller("/api/v1/faults")
@ExecuteOn(TaskExecutors.BLOCKING)
final class FaultController {
  private static final int LONGEST_VALUE = 200;

  private final FaultSource source;

  FaultController(FaultSource source) {
    this.source = source;
  }

  /// A fault that can be switched on and off.
  ///
  /// @param value how much or what, while it is on; null where it takes none or is off
  @JsonInclude(JsonInclude.Include.ALWAYS)
  record FaultResource(
      String name, String title, String explanation, boolean on, @Nullable String value) {
    static FaultResource of(Faults.Fault fault) {
      return new FaultResource(
          fault.name(), fault.title(), fault.explanation(), fault.on(), fault.value());
    }
  }

  /// How a fault is switched on.
  ///
  /// @param value how much or what; left out: the fault's own default
  record Asked(@Nullable String value) {}

  /// All of them.
  @Get
  Listing<FaultResource> faults() {
    return new Listing<>(here().all().stream().map(FaultResource::of).toList(), null);
  }

  /// Switches one on.
  @Put("/{name}")
  FaultResource switchOn(String name, @Body Asked asked) {
    String value = asked.value();
    if (value != null && (value.length() > LONGEST_VALUE || value.chars().anyMatch(c -> c < 32))) {
      throw new RefusedException(
          400,
          "value is expected to be one line of at most %d characters".formatted(LONGEST_VALUE));
    }
    try {
      return found(name, here().switchOn(name, value));
    } catch (IllegalArgumentException e) {
      throw new RefusedException(400, String.valueOf(e.getMessage()));
    }
  }

  /// Switches one off.
  @Delete("/{name}")
  FaultResource switchOff(String name) {
    return found(name, here().switchOff(name));
  }

  private Faults here() {
    return source
        .get()
        .orElseThrow(() ->
            new RefusedException(
                404, "faults can be switched in 'demo' alone: this service watches real mail"));
  }

  private static FaultResource found(String name, Optional<Faults.Fault> fault) {
    return fault
        .map(FaultResource::of)
        .orElseThrow(() ->
            new RefusedException(
                404, "there is no fault '%s'; GET /api/v1/faults lists them".formatted(name)));
  }
}
