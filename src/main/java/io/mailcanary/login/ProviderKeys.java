package io.mailcanary.login;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jwt.SignedJWT;
import io.micronaut.context.BeanContext;
import io.micronaut.context.annotation.Replaces;
import io.micronaut.context.annotation.Requires;
import io.micronaut.inject.qualifiers.Qualifiers;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.security.oauth2.client.DefaultOpenIdProviderMetadata;
import io.micronaut.security.oauth2.configuration.OauthClientConfiguration;
import io.micronaut.security.oauth2.configuration.OpenIdClientConfiguration;
import io.micronaut.security.token.jwt.nimbus.ReactiveJwksSignature;
import io.micronaut.security.token.jwt.signature.ReactiveSignatureConfiguration;
import io.micronaut.security.token.jwt.signature.jwks.JwkValidator;
import io.micronaut.security.token.jwt.signature.jwks.JwksClient;
import io.micronaut.security.token.jwt.signature.jwks.JwksSignatureUtils;
import jakarta.inject.Named;
import jakarta.inject.Singleton;
import java.text.ParseException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import org.reactivestreams.Publisher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/// The keys that providers sign with, asked for at each log-in. Micronaut asks once when it starts
/// and never again where a provider was away then; who asks each time needs no restart after that,
/// nor after a change of keys. A log-in asks the provider for its token anyway, so one question
/// more is no burden.
@Singleton
@Replaces(ReactiveJwksSignature.class)
@Requires(property = OpenId.SWITCH, value = "true")
final class ProviderKeys implements ReactiveSignatureConfiguration<SignedJWT> {
  private static final Logger LOG = LoggerFactory.getLogger(ProviderKeys.class);
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final List<OauthClientConfiguration> clients;
  private final BeanContext context;
  private final JwksClient keys;
  private final JwkValidator validator;
  private final Scheduler scheduler;

  ProviderKeys(
      List<OauthClientConfiguration> clients,
      BeanContext context,
      JwksClient keys,
      JwkValidator validator,
      @Named(TaskExecutors.BLOCKING) ExecutorService executor) {
    this.clients = clients;
    this.context = context;
    this.keys = keys;
    this.validator = validator;
    scheduler = Schedulers.fromExecutorService(executor);
  }

  @Override
  public Publisher<Boolean> verify(SignedJWT token) {
    return Mono.fromCallable(() -> isOfProvider(token)).subscribeOn(scheduler);
  }

  private boolean isOfProvider(SignedJWT token) {
    String issuer = issuer(token);
    return clients.stream()
        .filter(OauthClientConfiguration::isEnabled)
        .filter(client -> client.getOpenid().filter(one -> mayIssue(one, issuer)).isPresent())
        .anyMatch(client -> isSigned(token, client.getName()));
  }

  /// That the token's issuer is the very one of the provider's metadata is checked elsewhere; here
  /// it only spares a question to others.
  private static boolean mayIssue(OpenIdClientConfiguration client, String issuer) {
    return client.getIssuer().map(url -> bare(url.toString()).equals(bare(issuer))).orElse(true);
  }

  private static String bare(String url) {
    return url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
  }

  private static String issuer(SignedJWT token) {
    try {
      String issuer = token.getJWTClaimsSet().getIssuer();
      return issuer == null ? "" : issuer;
    } catch (ParseException _) {
      return "";
    }
  }

  private boolean isSigned(SignedJWT token, String provider) {
    try {
      String address =
          context
              .getBean(DefaultOpenIdProviderMetadata.class, Qualifiers.byName(provider))
              .getJwksUri();
      String document = Mono.from(keys.load(provider, address)).block(PATIENCE);
      return document != null
          && JwksSignatureUtils.verify(token, JWKSet.parse(document), validator);
    } catch (RuntimeException | ParseException | JOSEException e) {
      LOG.warn("login: the keys of provider {} cannot be read: {}", provider, e.getMessage());
      return false;
    }
  }
}
