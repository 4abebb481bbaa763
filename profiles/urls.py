"""Addresses of profiles: pages. A slug may be any word, so the author's own address stands last."""

from django.urls import include, path

from profiles import front, views, views_card
from profiles.assessing import views_trust
from profiles.claiming import views_claims, views_disputes, views_vouches
from profiles.moderating import views_domains, views_moderation
from profiles.notifying import views_news_settings, views_notices

urlpatterns = [
    path("", front.home, name="home"),
    path("search/", front.search, name="search"),
    path("robots.txt", front.robots, name="robots"),
    path("about/", front.about, name="about"),
    path("privacy/", front.privacy, name="privacy"),
    path("", include("profiles.following.feed_urls")),
    path("", include("profiles.following.follow_urls")),
    path("authors/A<int:number>/", views.author_detail, name="author"),
    path("authors/A<int:number>/graph.png", views_card.author_card, name="author_card"),
    path("authors/A<int:number>/trust/", views_trust.author_trust, name="author_trust"),
    path("authors/A<int:number>/claim/", views_claims.author_claim, name="author_claim"),
    path("authors/A<int:number>/claim/manual/", views_claims.author_claim_manual, name="author_claim_manual"),
    path("authors/A<int:number>/claim/withdraw/", views_claims.claim_withdraw, name="claim_withdraw"),
    path("authors/A<int:number>/claim/release/", views_claims.claim_release, name="claim_release"),
    path("authors/A<int:number>/claim/object/", views_disputes.claim_object, name="claim_object"),
    path("authors/A<int:number>/claim/vouch/", views_vouches.claim_vouch, name="claim_vouch"),
    path("authors/A<int:number>/claim/vouch/back/", views_vouches.vouch_take_back, name="vouch_take_back"),
    path("authors/A<int:number>/claim/merge/", views_vouches.merge_request, name="merge_request"),
    path(
        "authors/A<int:number>/claim/merge/back/", views_vouches.merge_request_withdraw, name="merge_request_withdraw"
    ),
    path("authors/A<int:number>/claim/<slug:method>/", views_claims.author_claim_proof, name="author_claim_proof"),
    path("disputes/<int:pk>/", views_disputes.dispute, name="dispute"),
    path("disputes/<int:pk>/appeal/", views_disputes.dispute_appeal, name="dispute_appeal"),
    path("vouches/", views_vouches.vouches_given, name="vouches"),
    path("notifications/", views_notices.notifications, name="notifications"),
    path("notifications/read/", views_notices.notifications_read, name="notifications_read"),
    path("notifications/clear/", views_notices.notifications_clear, name="notifications_clear"),
    path("notifications/counts/", views_notices.notifications_counts, name="notifications_counts"),
    path("notifications/<int:pk>/read/", views_notices.notifications_read, name="notification_read"),
    path("notifications/<int:pk>/unread/", views_notices.notification_unread, name="notification_unread"),
    path("mail/stop/<str:token>/", views_news_settings.mail_stop, name="mail_stop"),
    path("moderation/", views_moderation.moderation_queue, name="moderation"),
    path("moderation/decide/", views_moderation.moderation_decide, name="moderation_decide"),
    path("moderation/claims/<int:pk>/", views_moderation.moderation_claim, name="moderation_claim"),
    path("moderation/claims/<int:pk>/attest/", views_moderation.moderation_attest, name="moderation_attest"),
    path("moderation/disputes/", views_moderation.moderation_disputes, name="moderation_disputes"),
    path("moderation/disputes/<int:pk>/", views_moderation.moderation_dispute, name="moderation_dispute"),
    path("moderation/authorities/", views_moderation.moderation_attestations, name="moderation_attestations"),
    path("moderation/authorities/<int:pk>/", views_moderation.moderation_attestation, name="moderation_attestation"),
    path("moderation/owners/", views_moderation.moderation_owners, name="moderation_owners"),
    path("moderation/domains/", views_domains.moderation_domains, name="moderation_domains"),
    path("moderation/domains/add/", views_domains.moderation_domain_add, name="moderation_domain_add"),
    path("moderation/domains/<str:domain>/", views_domains.moderation_domain, name="moderation_domain"),
    path("moderation/history/", views_moderation.moderation_history, name="moderation_history"),
    path("", include("profiles.collaborating.collaboration_urls")),
    path("methodology/", views_trust.methodology, name="methodology"),
    path("authors/A<int:number>/<str:slug>/", views.author_detail, name="author"),
]
