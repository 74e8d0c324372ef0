"""Paths of sign-in. The names are allauth's, which looks its pages up by them."""

from django.urls import path, re_path

from trivium.web.account import elsewhere, entry, own, second

urlpatterns = [
    path("sign-in/", entry.SignIn.as_view(), name="account_login"),
    path("sign-in/code/", entry.AskCode.as_view(), name="account_request_login_code"),
    path("sign-in/code/enter/", entry.EnterSignInCode.as_view(), name="account_confirm_login_code"),
    path("sign-in/closed/", entry.Closed.as_view(), name="account_inactive"),
    path("sign-out/", entry.SignOut.as_view(), name="account_logout"),
    path("sign-up/", entry.SignUp.as_view(), name="account_signup"),
    path("sign-up/phone/", entry.SignUpByPhone.as_view(), name="account_signup_phone"),
    path("mail/confirm/", entry.EnterMailCode.as_view(), name="account_email_verification_sent"),
    path("phone/confirm/", entry.enter_phone_code, name="account_verify_phone"),
    path("password/forgotten/", entry.ForgottenPassword.as_view(), name="account_reset_password"),
    path("password/forgotten/sent/", entry.LinkSent.as_view(), name="account_reset_password_done"),
    path("password/new/kept/", entry.NewPasswordKept.as_view(), name="account_reset_password_from_key_done"),
    re_path(r"^password/new/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$", entry.NewPassword.as_view(),
            name="account_reset_password_from_key"),
    path("sign-in/with/failed/", elsewhere.Failed.as_view(), name="socialaccount_login_error"),
    path("sign-in/with/cancelled/", elsewhere.Cancelled.as_view(), name="socialaccount_login_cancelled"),
    path("sign-up/with/", elsewhere.SignUp.as_view(), name="socialaccount_signup"),
    path("me/services/", elsewhere.Links.as_view(), name="socialaccount_connections"),
    path("me/again/", own.Again.as_view(), name="account_reauthenticate"),
    path("me/mail/", own.Mail.as_view(), name="account_email"),
    path("me/phone/", own.Phone.as_view(), name="account_change_phone"),
    path("me/password/", own.ChangePassword.as_view(), name="account_change_password"),
    path("me/password/first/", own.FirstPassword.as_view(), name="account_set_password"),
    path("sign-in/second/", second.Enter.as_view(), name="mfa_authenticate"),
    path("sign-in/passkey/", second.SignIn.as_view(), name="mfa_login_webauthn"),
    path("me/again/code/", second.Again.as_view(), name="mfa_reauthenticate"),
    path("me/again/passkey/", second.PasskeyAgain.as_view(), name="mfa_reauthenticate_webauthn"),
    path("me/second/", second.Overview.as_view(), name="mfa_index"),
    path("me/passkeys/", second.Overview.as_view(), name="mfa_list_webauthn"),
    path("me/passkeys/add/", second.AddPasskey.as_view(), name="mfa_add_webauthn"),
    path("me/passkeys/<int:pk>/remove/", second.RemovePasskey.as_view(), name="mfa_remove_webauthn"),
    path("me/codes/add/", second.AddCodes.as_view(), name="mfa_activate_totp"),
    path("me/codes/remove/", second.RemoveCodes.as_view(), name="mfa_deactivate_totp"),
    path("me/recovery/", second.Recovery.as_view(), name="mfa_view_recovery_codes"),
    path("me/recovery/new/", second.NewRecovery.as_view(), name="mfa_generate_recovery_codes"),
    path("me/sessions/", own.Sessions.as_view(), name="usersessions_list"),
]  # fmt: skip
