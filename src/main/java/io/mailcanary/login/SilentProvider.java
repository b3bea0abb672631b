package io.mailcanary.login;

import io.micronaut.context.annotation.Requires;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Error;
import io.micronaut.http.client.exceptions.HttpClientException;
import io.swagger.v3.oas.annotations.Hidden;
import java.net.URI;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A provider that goes away after it has sent somebody back to us cannot say who they are.
@Hidden
@Controller
@Requires(property = OpenId.SWITCH, value = "true")
final class SilentProvider {
  private static final Logger LOG = LoggerFactory.getLogger(SilentProvider.class);

  @Error(global = true)
  MutableHttpResponse<?> away(HttpRequest<?> request, HttpClientException e) {
    LOG.warn("login: the provider does not answer: {}", e.getMessage());
    return HttpResponse.seeOther(URI.create("/login?failed=provider"));
  }
}
