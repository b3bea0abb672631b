package io.mailcanary.prober;

import io.mailcanary.path.MailPath;
import io.mailcanary.submission.Route;

/// One of the ways in which canaries of a path travel, with a fate of its own.
///
/// @param name such as `size=8MB,mx=mx1.hosted.example,address=192.0.2.7`; empty where there is one
///   way alone
/// @param path the path with the values of this leg
record Leg(String name, MailPath path, Route route) {}
