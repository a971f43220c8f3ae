# A coupon with a number of uses, on Django.
import json
import os
import sys
from urllib.parse import urlsplit

import django
from django.conf import settings
from django.core.management import execute_from_command_line
from django.db import connection, models, transaction
from django.http import JsonResponse
from django.urls import path

address = urlsplit(os.environ["DATABASE_URL"])
settings.configure(
    ROOT_URLCONF=__name__,
    ALLOWED_HOSTS=["*"],
    SECRET_KEY="an example",
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "HOST": address.hostname,
            "PORT": address.port,
            "USER": address.username,
            "PASSWORD": address.password,
            "NAME": address.path[1:],
        }
    },
)
django.setup()


class Coupon(models.Model):
    code = models.CharField(max_length=20, primary_key=True)
    uses = models.IntegerField()

    class Meta:
        app_label = "shop"
        db_table = "coupons"


class Redemption(models.Model):
    id = models.AutoField(primary_key=True)
    code = models.CharField(max_length=20)
    buyer = models.CharField(max_length=40)

    class Meta:
        app_label = "shop"
        db_table = "redemptions"


if "coupons" not in connection.introspection.table_names():
    with connection.schema_editor() as editor:
        editor.create_model(Coupon)
        editor.create_model(Redemption)
    Coupon.objects.create(code="HALF", uses=1)


# BUG: `save` writes the number that this request has worked out, whatever another one has written since.
def redeem(request):
    order = json.loads(request.body)
    coupon = Coupon.objects.get(code=order["code"])
    if coupon.uses < 1:
        return JsonResponse({"error": "used up"}, status=409)
    coupon.uses -= 1
    coupon.save()
    Redemption.objects.create(code=coupon.code, buyer=order["buyer"])
    return JsonResponse({"redeemed": coupon.code})


# FIX: the row is locked as it is read, until the transaction ends.
def redeem_locked(request):
    order = json.loads(request.body)
    with transaction.atomic():
        coupon = Coupon.objects.select_for_update().get(code=order["code"])
        if coupon.uses < 1:
            return JsonResponse({"error": "used up"}, status=409)
        coupon.uses -= 1
        coupon.save()
        Redemption.objects.create(code=coupon.code, buyer=order["buyer"])
    return JsonResponse({"redeemed": coupon.code})


urlpatterns = [path("redeem", redeem), path("redeem-locked", redeem_locked)]

execute_from_command_line([sys.argv[0], "runserver", "--noreload", os.environ.get("PORT", "8000")])
