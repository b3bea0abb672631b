package io.mailcanary.app;

import io.mailcanary.api.FaultSource;
import io.mailcanary.api.LogOutSource;
import io.mailcanary.api.PlanSource;
import io.mailcanary.dispatch.Dispatcher;
import io.mailcanary.dispatch.IncidentDesk;
import io.mailcanary.metrics.ServiceMetrics;
import io.mailcanary.prober.Prober;
import io.mailcanary.runtime.Board;
import io.mailcanary.store.CanaryStore;
import io.mailcanary.store.IncidentStore;
import io.mailcanary.store.WatchStore;
import io.mailcanary.watch.AuthenticationWatch;
import io.mailcanary.watch.ChangeLog;
import io.mailcanary.watch.DnsWatch;
import io.mailcanary.watch.TlsWatch;
import io.micronaut.context.annotation.Bean;
import io.micronaut.context.annotation.Factory;
import io.micronaut.context.annotation.Primary;
import jakarta.inject.Singleton;
import java.time.InstantSource;

/// Hands the parts of the service to those that show them. The service closes them, not the front.
@Factory
final class ServiceBeans {
  private final Handle handle;

  ServiceBeans(Handle handle) {
    this.handle = handle;
  }

  @Singleton
  Board board() {
    return handle.await().board();
  }

  @Singleton
  @Bean(typed = Prober.class)
  Prober prober() {
    return handle.await().prober();
  }

  @Singleton
  CanaryStore store() {
    return handle.await().store();
  }

  @Singleton
  @Bean(typed = Dispatcher.class)
  Dispatcher dispatcher() {
    return handle.await().dispatcher();
  }

  @Singleton
  @Bean(typed = IncidentDesk.class)
  IncidentDesk desk() {
    return handle.await().desk();
  }

  @Singleton
  IncidentStore incidents() {
    return handle.await().incidents();
  }

  @Singleton
  WatchStore watchStore() {
    return handle.await().watchStore();
  }

  @Singleton
  ChangeLog changes() {
    return handle.await().changes();
  }

  @Singleton
  @Bean(typed = DnsWatch.class)
  DnsWatch dns() {
    return handle.await().dns();
  }

  @Singleton
  @Bean(typed = TlsWatch.class)
  TlsWatch tls() {
    return handle.await().tls();
  }

  @Singleton
  @Bean(typed = ServiceMetrics.class)
  ServiceMetrics metrics() {
    return handle.await().metrics();
  }

  /// Micronaut has one of its own, which would jump with the system's clock.
  @Primary
  @Singleton
  InstantSource clock() {
    return handle.await().clock();
  }

  @Singleton
  PlanSource plan() {
    return () -> handle.await().plan();
  }

  @Singleton
  LogOutSource logOuts() {
    return () -> handle.await().logOuts();
  }

  @Singleton
  FaultSource faults() {
    return handle::faults;
  }

  @Singleton
  @Bean(typed = AuthenticationWatch.class)
  AuthenticationWatch authentication() {
    return handle.await().authentication();
  }
}
