package io.mailcanary.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.mailcanary.dispatch.Dispatcher;
import io.mailcanary.dispatch.TestResult;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Post;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import org.jspecify.annotations.Nullable;

/// Channels by which people are told.
@Controller("/api/v1/channels")
@ExecuteOn(TaskExecutors.BLOCKING)
final class ChannelController {
  private final Dispatcher dispatcher;

  ChannelController(Dispatcher dispatcher) {
    this.dispatcher = dispatcher;
  }

  /// @param result `sent` or `failed`
  /// @param answer what the channel said
  /// @param warning why it may fail together with what it reports on; null where nothing says so
  @JsonInclude(JsonInclude.Include.ALWAYS)
  record ChannelTest(String channel, String result, String answer, @Nullable String warning) {}

  /// Sends a notification that is marked as a test, and says what came of it.
  @Post("/{name}/test")
  ChannelTest test(String name) throws InterruptedException {
    TestResult result =
        dispatcher
            .test(name)
            .orElseThrow(
                () -> new RefusedException(404, "there is no channel '%s'".formatted(name)));
    return new ChannelTest(
        result.channel(),
        result.ok() ? "sent" : "failed",
        result.words(),
        result.caution().isEmpty() ? null : result.caution());
  }
}
