package io.mailcanary.login;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.micronaut.context.annotation.Requires;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.RequestFilter;
import io.micronaut.http.annotation.ServerFilter;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/// Anybody may call the address that a provider sends people back to: what is no state of ours is
/// not even looked at by those who would stumble over it.
@ServerFilter("/oauth/callback/**")
@Requires(property = OpenId.SWITCH, value = "true")
final class WellFormedAnswers {
  private static final int LONGEST = 4_096;

  private final ObjectMapper json = new ObjectMapper();

  @RequestFilter
  @Nullable MutableHttpResponse<?> admit(HttpRequest<?> request) {
    String state = request.getParameters().get("state");
    return state == null || isState(state)
        ? null
        : HttpResponse.seeOther(URI.create("/login?failed=provider"));
  }

  private boolean isState(String state) {
    try {
      return state.length() <= LONGEST
          && json.readTree(new String(Base64.getUrlDecoder().decode(state), StandardCharsets.UTF_8))
              .isObject();
    } catch (IllegalArgumentException | JsonProcessingException _) {
      return false;
    }
  }
}
